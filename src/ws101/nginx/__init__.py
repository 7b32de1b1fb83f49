"""nginx's configuration: text in, model out; opens no file and asks no network."""
