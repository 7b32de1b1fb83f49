"""Where logs come from: files, standard input, containers, journals. Reads bytes; knows no format and judges nothing."""
