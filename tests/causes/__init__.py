"""Tests of the causes: for each, evidence on which it fires, and evidence on which it is innocent."""
