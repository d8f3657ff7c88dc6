/** What every stage shares: the transactional batch loop, dead letters, life cycle, management HTTP. */
@NullMarked
package org.dallemini.stage;

import org.jspecify.annotations.NullMarked;
