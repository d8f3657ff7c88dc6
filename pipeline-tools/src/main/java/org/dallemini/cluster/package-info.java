/** What a cluster holds, read without a consumer group. */
@NullMarked
package org.dallemini.cluster;

import org.jspecify.annotations.NullMarked;
