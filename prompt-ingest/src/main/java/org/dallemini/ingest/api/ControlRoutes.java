package org.dallemini.ingest.api;

import java.util.List;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.json.JobJson;

/** Commands to jobs over HTTP. They have no body. */
public final class ControlRoutes {
    private final JobControl control;

    private ControlRoutes(JobControl control) {
        this.control = control;
    }

    public static List<Route> of(JobControl control) {
        ControlRoutes routes = new ControlRoutes(control);
        return List.of(
                new Route("POST", JobRoutes.JOB + "/cancel", Role.SUBMIT, routes::cancel),
                new Route("POST", JobRoutes.JOB + "/resume", Role.SUBMIT, routes::resume),
                new Route("POST", JobRoutes.JOB + "/retry", Role.SUBMIT, routes::retry));
    }

    private Answer cancel(Call call) throws RefusedRequestException {
        call.refuseForeignPages();
        return Answer.json(202, JobJson.job(control.cancel(call.variable("id"))));
    }

    private Answer retry(Call call) throws RefusedRequestException {
        call.refuseForeignPages();
        return Answer.json(202, AnswerJson.retry(control.retry(call.variable("id"))));
    }

    private Answer resume(Call call) throws RefusedRequestException {
        call.refuseForeignPages();
        return Answer.json(202, JobJson.job(control.resume(call.variable("id"))));
    }
}
