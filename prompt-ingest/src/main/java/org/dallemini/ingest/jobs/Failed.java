package org.dallemini.ingest.jobs;

/**
 * One of the failures that a job's status names.
 *
 * @param subject id of the image or the prompt
 */
record Failed(String subject, Failure failure) {}
