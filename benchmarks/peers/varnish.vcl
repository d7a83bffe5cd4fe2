vcl 4.1;
import directors;
backend peer@number@ { .host = "@peer_host@"; .port = "@peer_port@"; }
sub vcl_init {
    new app = directors.round_robin();
    app.add_backend(peer@number@);
}
sub vcl_recv {
    set req.backend_hint = app.backend();
    return (pass);
}
