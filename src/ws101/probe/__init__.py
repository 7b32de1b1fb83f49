"""What is seen on the network: names, addresses, TLS and answers. Observes only; what it means is judged elsewhere."""
