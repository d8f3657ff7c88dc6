package org.dallemini.renditions;

/**
 * A rendition of an image.
 *
 * @param content of the file
 * @param width in pixels
 * @param height in pixels
 * @param made how it was made of the image that was drawn, for people; empty if nothing was done to its pixels
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RenderedImage(byte[] content, FileFormat format, int width, int height, String made) {}
