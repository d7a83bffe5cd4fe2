#include "route/find_file.hpp"

#include "core/system_text.hpp"
#include "route/escape.hpp"
#include "route/file_path.hpp"

namespace sluice::route {

namespace {

using exchange::Level;
using Kind = files::Info::Kind;

class Finder {
  public:
    Finder(Scope& scope, Trace* trace) : scope_(scope), trace_(trace) {}

    FileAnswer run() {
        using http::Method;
        const auto method = scope_.x.head.method;
        const bool may = method == Method::get || method == Method::head || method == Method::post;
        const bool is_folder = scope_.uri.ends_with('/');
        if (may && is_folder && find_index()) return std::move(out_);
        if (!may)
            refuse(405);
        else if (is_folder)
            forbid_folder();
        else
            find_file(method == Method::post);
        return std::move(out_);
    }

  private:
    Decision& refuse(int status) {
        return out_.decision.emplace(Decision{Decision::Kind::refuse, status, {}, "", scope_.route->where});
    }

    void log(Level level, const std::string& text) {
        out_.level = level;
        out_.log = scope_.arena.keep(text);
    }
    void log_missing(const std::string& text) {
        if (scope_.settings().log_not_found) log(Level::error, text);
    }

    /// False: refused.
    bool usable(const FilePath& path) {
        if (!path.leaves) return true;
        log(Level::error, "\"" + std::string(path.path) + "\" leads out of the root");
        refuse(403);
        return false;
    }

    std::optional<FilePath> map_uri() {
        auto path = path_of_uri(scope_);
        if (!path) {
            log(Level::alert, "\"alias\" cannot be used in " + scope_.route->title + " where URI was rewritten");
            refuse(500);
            return std::nullopt;
        }
        if (!usable(*path)) return std::nullopt;
        return path;
    }

    /// True: decided, one way or the other.
    bool find_index() {
        static const auto usual = [] {
            std::vector<vars::Template> list(1);
            list[0].prepend("index.html");
            return list;
        }();
        const auto& own = scope_.settings().files.index;
        bool folder_is_there = false;
        for (const auto& name : own ? *own : usual) {
            const auto index = scope_.evaluate(name);
            if (index.starts_with('/')) return go_to(index);
            if (const auto decided = try_index(index, name.is_constant(), folder_is_there)) return *decided;
        }
        return false;
    }

    /// nullopt: not there, on to the next.
    std::optional<bool> try_index(std::string_view index, bool constant, bool& folder_is_there) {
        const auto rest = behind_root(scope_);
        if (!rest) return map_uri(), true;
        core::ArenaText name(scope_.arena);
        (name += *rest) += index;
        const auto path = path_in_root(scope_, name.view());
        if (path.leaves && !(constant && !leaves_root(path.path.substr(0, path.path.size() - index.size()), path.root)))
            return usable(path), true;
        const auto found = find_at(scope_, path.path, false);
        if (trace_)
            trace_->add(scope_.route->where,
                        "index: " + std::string(path.path) + (found.error() ? " is not there" : " is there"));
        switch (found.error()) {
            case 0: {
                core::ArenaText uri(scope_.arena);
                (uri += scope_.uri) += index;
                return go_to(uri.view());
            }
            case ELOOP:
                refuse(403);
                return true;
            case ENOTDIR:
            case ENAMETOOLONG:
            case EACCES:
                return index_error(path.path, found.error()), true;
            default:
                break;
        }
        if (!folder_is_there && !look_at_folder(path.path, path.path.size() - index.size())) return true;
        folder_is_there = true;
        if (found.error() == ENOENT) return std::nullopt;
        log(Level::crit, core::failed(found.call(), path.path, found.error()));
        refuse(500);
        return true;
    }

    /// The folder that an index was looked for in, without the slash at its end. False: refused.
    bool look_at_folder(std::string_view path, std::size_t size) {
        const auto slash = path.substr(0, size).ends_with('/') && size > 1 ? size - 1 : size;
        const std::string text(path.substr(0, slash));
        const std::string_view name(text);
        const auto found = find_at(scope_, name, false);
        switch (found.error()) {
            case 0:
                if (found.is(Kind::folder)) return true;
                log(Level::alert, "\"" + std::string(name) + "\" is not a directory");
                refuse(500);
                return false;
            case ENOENT:
                index_error(path, ENOENT);
                return false;
            case EACCES:
                return true;  // it can be entered, or the index would have been refused
            case ELOOP:
                refuse(403);
                return false;
            default:
                log(Level::crit, core::failed(found.call(), name, found.error()));
                refuse(500);
                return false;
        }
    }

    void index_error(std::string_view path, int error) {
        const auto line = [&](const char* what) {
            return "\"" + std::string(path) + "\" is " + what + core::error_in_brackets(error);
        };
        if (error == EACCES) {
            log(Level::error, line("forbidden"));
            refuse(403);
        } else {
            log_missing(line("not found"));
            refuse(404);
        }
    }

    /// An internal redirect; the arguments stay.
    bool go_to(std::string_view uri) {
        out_.decision = redirect_within(scope_, uri, scope_.args, trace_);
        return true;
    }

    void forbid_folder() {
        const auto path = map_uri();
        if (!path) return;
        log(Level::error, "directory index of \"" + std::string(path->path) + "\" is forbidden");
        refuse(403);
    }

    void find_file(bool post) {
        const auto path = map_uri();
        if (!path) return;
        auto found = find_at(scope_, path->path, true);
        if (trace_) trace_->add(scope_.route->where, "the file is " + std::string(path->path));
        if (found.error()) return cannot_open(*path, found);
        if (found.is(Kind::folder)) return redirect_to_folder();
        if (!found.is(Kind::file)) {
            log(Level::crit, "\"" + std::string(path->path) + "\" is not a regular file");
            refuse(404);
        } else if (post) {
            refuse(405);
        } else {
            out_.file = std::move(found);
        }
    }

    void cannot_open(const FilePath& path, const files::Found& found) {
        const auto line = core::failed(found.call(), path.path, found.error());
        switch (found.error()) {
            case ENOENT:
            case ENOTDIR:
            case ENAMETOOLONG:
                log_missing(line);
                refuse(404);
                break;
            case EACCES:
            case ELOOP:
                log(Level::error, line);
                refuse(403);
                break;
            default:
                log(Level::crit, line);
                refuse(500);
        }
    }

    void redirect_to_folder() {
        core::ArenaText to(scope_.arena);
        (to += escape(scope_.uri, Escape::uri, scope_.arena)) += "/";
        if (!scope_.args.empty()) (to += "?") += scope_.args;
        out_.decision = Decision{Decision::Kind::redirect, 301, to.view(), "the file is a folder", scope_.route->where};
    }

    Scope& scope_;
    Trace* trace_;
    FileAnswer out_;
};

}  // namespace

FileAnswer find_file(Scope& scope, Trace* trace) { return Finder(scope, trace).run(); }

}  // namespace sluice::route
