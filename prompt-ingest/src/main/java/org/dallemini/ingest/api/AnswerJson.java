package org.dallemini.ingest.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dallemini.events.JobState;
import org.dallemini.ingest.json.JobJson;

/** What is answered to those who submit and retry jobs. */
final class AnswerJson {
    private AnswerJson() {}

    static Map<String, Object> retry(JobControl.Retry retry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("job", JobJson.job(retry.job()));
        fields.put("replayed", retry.retried().replayed());
        fields.put("replayedBefore", retry.retried().before());
        fields.put("givenUp", retry.retried().givenUp());
        fields.put("impossible", retry.retried().impossible());
        return fields;
    }

    /**
     * The answer to a submission.
     *
     * @param state of the job, which has got further if the submission is a repetition
     */
    static Map<String, Object> accepted(Submission submission, JobState state) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", submission.jobId());
        fields.put("state", JobJson.state(state));
        fields.put("prompts", submission.prompts().size());
        fields.put("requested", submission.images());
        return fields;
    }
}
