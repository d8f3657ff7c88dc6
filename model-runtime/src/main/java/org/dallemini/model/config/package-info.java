@NullMarked
package org.dallemini.model.config;

import org.jspecify.annotations.NullMarked;
