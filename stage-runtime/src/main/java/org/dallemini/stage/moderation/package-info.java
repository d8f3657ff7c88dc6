/** What people decide about what filters have refused. */
@NullMarked
package org.dallemini.stage.moderation;

import org.jspecify.annotations.NullMarked;
