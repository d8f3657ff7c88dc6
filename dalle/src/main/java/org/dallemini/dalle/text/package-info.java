/** From a prompt as a person wrote it to the token ids that the text encoder reads. */
@NullMarked
package org.dallemini.dalle.text;

import org.jspecify.annotations.NullMarked;
