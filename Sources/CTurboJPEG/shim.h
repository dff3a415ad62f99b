// TurboJPEG: its functions catch libjpeg's long jumps themselves, so none crosses a Swift frame.
#include <turbojpeg.h>
