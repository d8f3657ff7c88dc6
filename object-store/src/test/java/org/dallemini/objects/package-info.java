@NullMarked
package org.dallemini.objects;

import org.jspecify.annotations.NullMarked;
