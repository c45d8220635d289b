"""What scripts/bench is made of: one module for each thing that it measures, and what they share."""
