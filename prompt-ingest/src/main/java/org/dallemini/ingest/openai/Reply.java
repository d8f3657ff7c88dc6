package org.dallemini.ingest.openai;

import java.util.Map;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Problem;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** How somebody who waits for images is answered; once. */
interface Reply {
    /** @param answer as {@link GenerationJson#answer} has it */
    void images(Map<String, Object> answer);

    void refuse(Problem problem);

    /** All at once. */
    static Reply ofJson(Response response, Callback callback) {
        return new Reply() {
            @Override
            public void images(Map<String, Object> answer) {
                Answer.json(200, answer).write(response, callback);
            }

            @Override
            public void refuse(Problem problem) {
                OpenAiError.of(problem).write(response, callback);
            }
        };
    }
}
