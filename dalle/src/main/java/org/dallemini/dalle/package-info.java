/** DALL·E mini as a library: {@link org.dallemini.dalle.DalleMini} draws pictures in memory. */
@NullMarked
package org.dallemini.dalle;

import org.jspecify.annotations.NullMarked;
