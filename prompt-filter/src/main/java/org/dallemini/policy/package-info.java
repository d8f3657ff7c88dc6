/** Judges prompts by a policy: {@link org.dallemini.policy.PromptFilter}. */
@NullMarked
package org.dallemini.policy;

import org.jspecify.annotations.NullMarked;
