// The room of Training.
