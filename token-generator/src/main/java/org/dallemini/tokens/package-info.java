/** The stage that turns prompts into image tokens: its settings and how it is put together. */
@NullMarked
package org.dallemini.tokens;

import org.jspecify.annotations.NullMarked;
