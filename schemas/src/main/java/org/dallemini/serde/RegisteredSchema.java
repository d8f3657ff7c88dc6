package org.dallemini.serde;

import org.apache.avro.Schema;

/**
 * A schema as the registry knows it.
 *
 * @param subject the name it is registered under
 * @param version counts from 1 in its subject
 * @param id unique in the registry; equal schemas share it
 */
public record RegisteredSchema(String subject, int version, int id, Schema schema) {}
