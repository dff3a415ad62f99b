// The room of Collectives.
