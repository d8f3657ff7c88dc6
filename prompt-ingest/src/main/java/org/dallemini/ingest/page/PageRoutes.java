package org.dallemini.ingest.page;

import java.util.ArrayList;
import java.util.List;
import org.dallemini.ingest.http.Route;

/** Where the files of the page are. Anybody may have them; what they show, the API gives to those who may see it. */
public final class PageRoutes {
    static final List<String> FILES = List.of(
            "about.js",
            "alternatives.js",
            "api.js",
            "clipboard.js",
            "colours.js",
            "commands.js",
            "csv.js",
            "deletion.js",
            "dialogs.js",
            "dom.js",
            "draw.js",
            "estimate.js",
            "favourites.js",
            "form.js",
            "gallery.js",
            "glimpse.js",
            "icon.svg",
            "ids.js",
            "image.js",
            "job.js",
            "jobs.js",
            "key.js",
            "lists.js",
            "main.js",
            "manifest.js",
            "memory.js",
            "model.js",
            "page.css",
            "pictures.js",
            "previews.js",
            "progress.js",
            "prompts.js",
            "queue.js",
            "search.js",
            "seed.js",
            "selection.js",
            "shortcuts.js",
            "start.js",
            "theme.js",
            "title.js",
            "upload.js",
            "viewer.js",
            "welcome.js",
            "zip.js");

    private PageRoutes() {}

    public static List<Route> of() {
        List<Route> routes = new ArrayList<>();
        routes.add(route("/", "index.html"));
        FILES.forEach(name -> routes.add(route("/page/" + name, name)));
        return routes;
    }

    private static Route route(String path, String name) {
        PageFile file = PageFile.load(name);
        return new Route("GET", path, null, file::answer);
    }
}
