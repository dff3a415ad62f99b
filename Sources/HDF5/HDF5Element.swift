internal import CHDF5

/// The types of elements that are written and read.
public enum HDF5ElementType: String, Sendable {
  /// IEEE single precision.
  case float32
  /// IEEE double precision.
  case float64
  /// A byte: pixels and text.
  case uint8
  /// A signed 32-bit integer.
  case int32
  /// A signed 64-bit integer.
  case int64

  /// The type in memory.
  internal var memoryType: hid_t {
    switch self {
    case .float32: lockstep_h5t_native_float()
    case .float64: lockstep_h5t_native_double()
    case .uint8: lockstep_h5t_native_uint8()
    case .int32: lockstep_h5t_native_int32()
    case .int64: lockstep_h5t_native_int64()
    }
  }

  /// The type in a file: little-endian on every machine.
  internal var fileType: hid_t {
    switch self {
    case .float32: lockstep_h5t_ieee_f32le()
    case .float64: lockstep_h5t_ieee_f64le()
    case .uint8: lockstep_h5t_std_u8le()
    case .int32: lockstep_h5t_std_i32le()
    case .int64: lockstep_h5t_std_i64le()
    }
  }

  /// Whether this is a type of whole numbers.
  internal var isInteger: Bool { self != .float32 && self != .float64 }
}

/// An element of a dataset: Float, Double, UInt8, Int32 or Int64.
public protocol HDF5Element: BitwiseCopyable {
  /// The corresponding type in a file.
  static var elementType: HDF5ElementType { get }
  /// Zero, to fill memory before reading.
  init()
}

extension Float: HDF5Element {
  /// IEEE single precision.
  public static var elementType: HDF5ElementType { .float32 }
}
extension Double: HDF5Element {
  /// IEEE double precision.
  public static var elementType: HDF5ElementType { .float64 }
}
extension UInt8: HDF5Element {
  /// A byte.
  public static var elementType: HDF5ElementType { .uint8 }
}
extension Int32: HDF5Element {
  /// A signed 32-bit integer.
  public static var elementType: HDF5ElementType { .int32 }
}
extension Int64: HDF5Element {
  /// A signed 64-bit integer.
  public static var elementType: HDF5ElementType { .int64 }
}

/// The type of a dataset's or attribute's elements, as a file states it.
public struct HDF5Type: Equatable, Sendable, CustomStringConvertible {
  /// What an element is.
  public enum Kind: String, Sendable {
    /// A whole number.
    case integer
    /// A floating-point number.
    case float
    /// Text of fixed length.
    case text
    /// Anything that is not read: compound, variable-length, reference, …
    case other
  }

  /// What an element is.
  public let kind: Kind
  /// Bytes of an element.
  public let size: Int
  /// Whether a whole number has a sign.
  public let isSigned: Bool
  /// Whether the bytes of an element come lowest first.
  public let isLittleEndian: Bool

  /// The type that `id` identifies.
  internal init(_ id: hid_t) {
    // Variable-length text is of the string class too; reading it crashed libhdf5 1.10.8.
    let isVariable = H5Tis_variable_str(id) > 0
    switch H5Tget_class(id) {
    case H5T_INTEGER: kind = .integer
    case H5T_FLOAT: kind = .float
    case H5T_STRING where !isVariable: kind = .text
    default: kind = .other
    }
    size = H5Tget_size(id)
    isSigned = kind == .integer && H5Tget_sign(id) == H5T_SGN_2
    isLittleEndian = size == 1 || H5Tget_order(id) == H5T_ORDER_LE
  }

  /// Whether elements of this type have exactly the bytes of `element` in this machine's memory.
  public func isStored(as element: HDF5ElementType) -> Bool {
    guard isLittleEndian else { return false }
    return switch element {
    case .float32: kind == .float && size == 4
    case .float64: kind == .float && size == 8
    case .uint8: kind == .integer && !isSigned && size == 1
    case .int32: kind == .integer && isSigned && size == 4
    case .int64: kind == .integer && isSigned && size == 8
    }
  }

  /// The form "uint8", "float32", "text of 12 bytes".
  public var description: String {
    switch kind {
    case .integer: (isSigned ? "int" : "uint") + "\(8 * size)"
    case .float: "float\(8 * size)"
    case .text: "text of \(size) bytes"
    case .other: "another type of \(size) bytes"
    }
  }
}
