@NullMarked
package org.dallemini.model;

import org.jspecify.annotations.NullMarked;
