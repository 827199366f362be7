#pragma once

/// The one scale of distances, in pixels at 100 %.
namespace keyconvoy::ui::spacing {

inline constexpr int hair = 4;
inline constexpr int small = 8;
inline constexpr int normal = 12;
inline constexpr int wide = 16;
inline constexpr int page = 24;
inline constexpr int apart = 32;

inline constexpr int textWidth = 640;  ///< running text is not wider: about 90 letters

}  // namespace keyconvoy::ui::spacing
