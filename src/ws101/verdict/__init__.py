"""From rulings to a verdict, and from a verdict to the experiments that would settle more. Pure."""
