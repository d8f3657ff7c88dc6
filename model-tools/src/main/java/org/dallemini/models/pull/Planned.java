package org.dallemini.models.pull;

/**
 * A file that a model needs.
 *
 * @param path below the model's folder, with slashes
 * @param remote where it is fetched from
 * @param file what is known of it there
 */
record Planned(String path, Remote remote, RemoteFile file) {}
