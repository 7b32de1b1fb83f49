"""The fault lab: real nginx and real servers on loopback, one fault at a time; knows nothing of causes."""
