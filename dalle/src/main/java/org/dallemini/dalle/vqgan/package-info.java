/** The VQGAN: image tokens to pixels and back. Knows nothing of Kafka. */
@NullMarked
package org.dallemini.dalle.vqgan;

import org.jspecify.annotations.NullMarked;
