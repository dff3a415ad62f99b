// libpng, of which only the simplified interface (png_image_…) is used: it catches libpng's long
// jumps itself, so none crosses a Swift frame.
#include <png.h>
