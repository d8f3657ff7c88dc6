@NullMarked
package org.dallemini.dalle.config;

import org.jspecify.annotations.NullMarked;
