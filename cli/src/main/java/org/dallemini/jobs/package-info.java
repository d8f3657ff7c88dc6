/** How far jobs are, and what became of them: the topic {@code jobs} as people ask for it. */
@NullMarked
package org.dallemini.jobs;

import org.jspecify.annotations.NullMarked;
