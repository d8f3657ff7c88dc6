/**
 * DALL·E BART: its graphs, built from the original checkpoint; the text encoder; the decoder, one token a step for many
 * images at once. No Kafka.
 */
@NullMarked
package org.dallemini.dalle.bart;

import org.jspecify.annotations.NullMarked;
