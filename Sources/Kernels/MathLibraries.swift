import COpenBLAS
import CVectors

/// What the mathematics of this process runs on.
public enum MathLibraries {
  /// The version of the vector kernels that was chosen for this CPU.
  public static var vectorLevel: String {
    switch lockstep_vector_level() {
    case 4: "AVX-512"
    case 3: "AVX2"
    default: "plain"
    }
  }

  /// OpenBLAS's version and how it was built.
  public static var blasDescription: String { unsafe String(cString: openblas_get_config()) }

  /// How many threads OpenBLAS takes for a product, unless told otherwise.
  public static var blasThreads: Int { Int(openblas_get_num_threads()) }
}
