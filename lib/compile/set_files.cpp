// Static files: where they are, which ones stand for a URI, how they are sent.
#include "compile/values.hpp"

namespace sluice::compile::tables {

namespace {

using route::FileSettings;
using route::LocationSpec;
using route::Settings;
using route::TryFiles;
using Place = FileSettings::Place;

/// A path as it will be used: below the prefix, unless it is absolute or begins with a variable.
vars::Template read_path(Compiler& c, const Word& word, bool drops_slash) {
    Word path = word;
    if (drops_slash && path.value.ends_with('/')) path.value.pop_back();
    auto out = c.text(path);
    if (!word.value.starts_with('/') && !word.value.starts_with('$')) out.prepend(c.options.prefix);
    return out;
}

/// False: the word cannot stand here.
bool may_set_root(Level& level, const Directive& d) {
    auto& files = level.settings.files;
    for (const std::string_view own : {"$document_root", "${document_root}", "$realpath_root", "${realpath_root}"}) {
        if (d.args[0].value.find(own) == std::string::npos) continue;
        level.c.error(d.args[0].span, std::string(own) + " cannot stand here: it is what " + d.name.value + " makes");
        return false;
    }
    if (level.own.insert(&files.root).second) return true;
    level.c.error(d.name.span, "there are both root and alias here", "one place has one of them");
    return false;
}

void set_root(Level& level, const Directive& d) {
    if (!may_set_root(level, d)) return;
    auto& files = level.settings.files;
    files.root = read_path(level.c, d.args[0], true);
    files.place = Place::root;
}

void set_alias(Level& level, const Directive& d) {
    if (!level.route || !may_set_root(level, d)) return;
    auto& files = level.settings.files;
    const auto kind = level.route->kind;
    if (kind == LocationSpec::Kind::named)
        return level.c.error(d.name.span,
                             "alias cannot stand in a location with \"@\": there is no path that it could stand for",
                             "use root");
    files.root = read_path(level.c, d.args[0], false);
    const bool is_regex = kind == LocationSpec::Kind::regex || kind == LocationSpec::Kind::regex_caseless;
    files.place = is_regex ? Place::alias_of_regex : Place::alias;
    files.replaced = static_cast<std::uint32_t>(level.route->text.size());
}

void set_index(Level& level, const Directive& d) {
    auto& list = level.list(level.settings.files.index);
    for (const auto& word : d.args) {
        if (word.value.empty()) {
            level.c.error(word.span, "an index needs a name");
            continue;
        }
        if (word.value.starts_with('/') && &word != &d.args.back())
            level.c.warning(word.span, "index-never-reached",
                            "what stands behind \"" + word.value +
                                "\" is never looked for: a path that begins with \"/\" is taken without a look",
                            "put it last");
        list.push_back(level.c.text(word));
    }
}

void set_try_files(Level& level, const Directive& d) {
    if (!level.route) return;
    auto tries = std::make_shared<TryFiles>();
    tries->where = d.span;
    for (std::size_t i = 0; i + 1 < d.args.size(); ++i) {
        Word word = d.args[i];
        TryFiles::Entry entry;
        entry.folder = word.value.ends_with('/');
        if (entry.folder) word.value.pop_back();
        entry.path = level.c.text(word);
        entry.constant = entry.path.is_constant();
        tries->entries.push_back(std::move(entry));
    }
    const auto& last = d.args.back();
    if (last.value.starts_with('=')) {
        const auto status = core::parse_number<int>(std::string_view(last.value).substr(1));
        if (!status || *status > 999)
            return level.c.error(last.span, "\"" + last.value + "\" is no status", "as in =404");
        tries->status = *status;
    }
    if (!tries->status) {
        tries->otherwise = level.c.text(last);
        tries->otherwise_constant = tries->otherwise.is_constant();
    }
    level.route->try_files = std::move(tries);
}

/// A level with `types` has its own table; several blocks of one level are one.
void set_types(Level& level, const Directive& d) {
    auto& types = level.settings.files.types;
    if (level.own.insert(&types).second) types = std::make_shared<const route::Types>();
    auto& table = const_cast<route::Types&>(*types);
    for (const auto& entry : d.block->children) {
        if (entry.name.value == "include") continue;  // its file's entries stand behind it
        for (const auto& ending : entry.args)
            if (!table.add(ending.value, entry.name.value))
                level.c.warning(
                    ending.span, "duplicate-type",
                    "the ending \"" + ending.value + "\" had a type already; now it is " + entry.name.value);
    }
}

void set_modified_since(Level& level, const Directive& d) {
    using http::ModifiedSince;
    const auto& word = d.args[0].value;
    level.settings.files.modified_since = word == "off"      ? ModifiedSince::off
                                          : word == "before" ? ModifiedSince::before
                                                             : ModifiedSince::exact;
}

void set_disable_symlinks(Level& level, const Directive& d) {
    using files::LinkRule;
    auto& files = level.settings.files;
    constexpr std::string_view from = "from=";
    const Word* rule = nullptr;
    const Word* trusted = nullptr;
    for (const auto& word : d.args) (word.value.starts_with(from) ? trusted : rule) = &word;
    if (!rule)
        return level.c.error(d.span, "disable_symlinks needs on, off or if_not_owner",
                             "as in disable_symlinks on from=$document_root");
    if (rule->value == "off" && trusted) return level.c.error(trusted->span, "\"from=\" means nothing with off");
    files.links = rule->value == "on" ? LinkRule::none : rule->value == "off" ? LinkRule::any : LinkRule::same_owner;
    files.trusted =
        trusted ? level.c.text(*trusted, std::string_view(trusted->value).substr(from.size())) : vars::Template();
}

void set_cache(Level& level, const Directive& d) {
    auto& files = level.settings.files;
    route::FileCache cache{0, std::chrono::seconds(60)};
    for (const auto& word : d.args) {
        const std::string_view text = word.value;
        if (text == "off") {
            files.cache = FileSettings::no_cache;
            return;
        }
        const auto value = text.substr(text.find('=') + 1);
        if (text.starts_with("max="))
            cache.most = core::parse_number<std::uint32_t>(value).value_or(0);
        else
            cache.inactive = std::chrono::milliseconds(config::parse_seconds(value).value);
        if (text.starts_with("max=") && cache.most == 0)
            return level.c.error(word.span, "a cache of files needs room for one at least", "as in max=1000");
    }
    if (cache.most == 0)
        return level.c.error(d.span, "open_file_cache needs \"max=\", the most files that it keeps",
                             "as in open_file_cache max=1000 inactive=20s");
    files.cache = static_cast<std::uint32_t>(level.c.snapshot.file_caches.size());
    level.c.snapshot.file_caches.push_back(cache);
}

void set_default_type(Level& level, const Directive& d) { level.settings.default_type = d.args[0].value; }

constexpr Setter table[] = {
    {"root", set_root},
    {"alias", set_alias},
    {"index", set_index},
    {"try_files", set_try_files},
    {"types", set_types},
    {"default_type", set_default_type},
    {"etag", set<&Settings::files, &FileSettings::etag>},
    {"if_modified_since", set_modified_since},
    {"max_ranges", set<&Settings::files, &FileSettings::max_ranges>},
    {"log_not_found", set<&Settings::log_not_found>},
    {"sendfile", set<&Settings::files, &FileSettings::direct>},
    {"sendfile_max_chunk", set<&Settings::files, &FileSettings::max_chunk>},
    {"disable_symlinks", set_disable_symlinks},
    {"open_file_cache", set_cache},
    {"open_file_cache_valid", set<&Settings::files, &FileSettings::cache_valid>},
    {"open_file_cache_min_uses", set<&Settings::files, &FileSettings::cache_min_uses>},
    {"open_file_cache_errors", set<&Settings::files, &FileSettings::cache_errors>},
};

}  // namespace

std::span<const Setter> files() { return table; }

}  // namespace sluice::compile::tables
