/** What work takes: electrical energy and the greenhouse gases of it, estimated. Knows nothing of pictures. */
@NullMarked
package org.dallemini.footprint;

import org.jspecify.annotations.NullMarked;
