package org.dallemini.ingest.api;

import java.util.List;
import java.util.Map;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;

/** Images are marked as favourites over HTTP: whoever may look at them may, as nobody else sees the marks. */
public final class FavouriteRoutes {
    private FavouriteRoutes() {}

    public static List<Route> of(ImageResource images) {
        String path = JobRoutes.IMAGE + "/favourite";
        return List.of(
                new Route("PUT", path, Role.READ, call -> mark(call, images, true)),
                new Route("DELETE", path, Role.READ, call -> mark(call, images, false)));
    }

    private static Answer mark(Call call, ImageResource images, boolean isFavourite) throws RefusedRequestException {
        call.refuseForeignPages();
        String imageId = call.variable("prompt") + "/" + call.variable("index");
        images.mark(call.caller(), call.variable("id"), imageId, isFavourite);
        return Answer.nothing(Map.of());
    }
}
