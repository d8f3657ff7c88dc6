/** Submits long lists of prompts as jobs: each list is read twice, first to be checked, then to be published. */
@NullMarked
package org.dallemini.submit;

import org.jspecify.annotations.NullMarked;
