#include "classify/system_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "classify/name_table.hpp"

namespace ballast {
namespace {

// The words of a text, which are as many.
template <std::size_t Count>
consteval std::array<Name, Count> words(Name text) {
    std::array<Name, Count> split;
    for (Name& word : split) {
        word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    if (!text.empty() || split.back().empty()) throw "the table has another number of words";
    return split;
}

// Every table is sorted, to be searched by halves; the assertions below hold that.
constexpr auto k_resource_directories =
    std::to_array<Name>({"CIDFSubst", "CIDFont", "CMap", "IdiomSet", "SubCID", "cMap", "cidToUnicode",
                         "nameToUnicode", "tessdata", "unicodeMap"});

constexpr auto k_share_directories = words<87>(
    "GConf ImageMagick-6 ImageMagick-7 X11 aclocal alsa appdata applications bash-completion "
    "ca-certificates color colors cups dbus-1 dconf debconf djvu doc doc-base dpkg enchant ffmpeg file "
    "fontconfig fonts fonts-dejavu gcc gdb gdk-pixbuf-2.0 gettext ghostscript gir-1.0 glib-2.0 glvnd "
    "graphite2 graphviz gtk-2.0 gtk-3.0 gtk-4.0 gtk-doc hunspell hyphen i18n icc icons icu info "
    "libreoffice libthai licenses lintian locale man menu metainfo mime misc mysql mythes p11-kit perl "
    "perl5 pixmaps pkgconfig pki polkit-1 poppler proj qt5 qt6 readline sounds ssl tabset tcltk "
    "terminfo tesseract-ocr texlive texmf texmf-dist themes ucf vim vulkan xml zoneinfo zsh");

constexpr auto k_etc_directories = words<43>(
    "GraphicsMagick ImageMagick-6 ImageMagick-7 OpenCL X11 alternatives apt bash_completion.d "
    "ca-certificates cron.daily cron.weekly cups dbus-1 default dpkg fonts ghostscript glvnd gss "
    "gtk-2.0 gtk-3.0 init.d java-11-openjdk java-17-openjdk java-21-openjdk ld.so.conf.d libnl-3 "
    "libpaper.d libreoffice logrotate.d pam.d pango paper perl pki profile.d python3 security ssl "
    "terminfo texmf vulkan xdg");

constexpr auto k_library_directories = words<31>(
    "GraphicsMagick ImageMagick-6 ImageMagick-7 aarch64-linux-gnu apt cups dpkg dri gcc gconv "
    "gdk-pixbuf-2.0 ghostscript gio girepository-1.0 gs gtk-2.0 gtk-3.0 gvfs i386-linux-gnu jvm "
    "libreoffice ossl-modules perl perl5 pkgconfig sasl2 systemd tcltk tmpfiles.d udev x86_64-linux-gnu");

// "python3.11" of "python", "ImageMagick-6.9.11" of "ImageMagick-": a name with a version to it.
bool is_versioned(Name name, Name stem) {
    return name.size() > stem.size() && name.starts_with(stem) &&
           std::isdigit(static_cast<unsigned char>(name[stem.size()])) != 0;
}

}  // namespace

static_assert(sorted(k_resource_directories) && sorted(k_share_directories));
static_assert(sorted(k_etc_directories) && sorted(k_library_directories));

SystemPlace system_place(std::string_view name) {
    if (name == "usr") return SystemPlace::usr;
    if (name == "bin" || name == "sbin" || name == "games") return SystemPlace::programs;
    if (name == "lib" || name == "lib32" || name == "lib64" || name == "libx32" || name == "libexec") {
        return SystemPlace::libraries;
    }
    if (name == "share") return SystemPlace::share;
    if (name == "etc") return SystemPlace::etc;
    if (name == "var") return SystemPlace::var;
    if (name == "opt") return SystemPlace::opt;
    if (name == "include" || name == "local" || name == "man" || name == "doc" || name == "srv" ||
        name == "run" || name == "tmp" || name == "src") {
        return SystemPlace::rest;
    }
    return SystemPlace::none;
}

bool is_system_directory(SystemPlace place, std::string_view name) {
    if (is_versioned(name, "ImageMagick-") || is_versioned(name, "GraphicsMagick-")) return true;
    if (place == SystemPlace::etc) return holds(k_etc_directories, name);
    if (place == SystemPlace::share) {
        return holds(k_share_directories, name) || is_versioned(name, "tcl") || is_versioned(name, "java-");
    }
    if (place != SystemPlace::libraries) return false;
    return holds(k_library_directories, name) || is_versioned(name, "python") || is_versioned(name, "tcl") ||
           name.ends_with("-linux-gnu") || name.ends_with("-linux-musl");
}

bool is_resource_directory(std::string_view name) {
    return holds(k_resource_directories, name);
}

}  // namespace ballast
