import CVectors

/// Whether rows of `channels` floats, `count` in all, are better written past the caches: who reads
/// them finds the first of them gone in any case, and no line is read only to be overwritten.
func streams(_ rows: UnsafePointer<Float>, count: Int, channels: Int) -> Bool {
  count >= Int(LOCKSTEP_STREAMED) && channels % 16 == 0 && UInt(bitPattern: rows) % 64 == 0
}
