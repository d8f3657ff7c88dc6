/** What filters and people have decided, as the topic {@code moderation} has it. */
@NullMarked
package org.dallemini.moderation;

import org.jspecify.annotations.NullMarked;
