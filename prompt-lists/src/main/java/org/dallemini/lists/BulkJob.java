package org.dallemini.lists;

/**
 * What a list asks for.
 *
 * @param id of the job
 * @param content hexadecimal SHA-256 of all of it
 * @param prompts that will be published
 * @param images of all prompts
 */
public record BulkJob(String id, String content, int prompts, long images) {}
