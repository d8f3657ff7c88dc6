/** PNG files that say what they are: pixels, the prompt and settings they were made with, and that an AI made them. */
@NullMarked
package org.dallemini.dalle.png;

import org.jspecify.annotations.NullMarked;
