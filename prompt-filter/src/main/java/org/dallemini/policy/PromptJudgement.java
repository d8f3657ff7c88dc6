package org.dallemini.policy;

/** What a policy says to a prompt. Never holds words of the prompt. */
public sealed interface PromptJudgement {
    /** Name and version of the policy. */
    String policy();

    /** Nothing is wrong with it. */
    record Passed(String policy) implements PromptJudgement {}

    /** It may be drawn, and what comes of it carries a mark. */
    record Flagged(String policy, String category) implements PromptJudgement {}

    /**
     * It may not be drawn.
     *
     * @param negative whether its negative text is what falls under the category
     */
    record Refused(String policy, String category, boolean negative) implements PromptJudgement {}
}
