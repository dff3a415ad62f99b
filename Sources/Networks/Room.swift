// The room of Networks.
