/** What a prompt may say, and what its images are called: the same rules at every door. */
@NullMarked
package org.dallemini.prompt;

import org.jspecify.annotations.NullMarked;
