<?php

declare(strict_types=1);

// The real Illuminate database package, the generation WHMCS 8 ships, and the real Smarty: Debian's packages, or those
// that Composer brought where there is no Debian.
require_once getenv('ILLUMINATE_AUTOLOAD') ?: '/usr/share/php/Illuminate/Database/autoload.php';
require_once getenv('SMARTY_AUTOLOAD') ?: '/usr/share/php/smarty4/Smarty.class.php';

spl_autoload_register(static function (string $class): void {
    $roots = ['StandIn\\' => __DIR__ . '/', 'WHMCS\\Module\\Addon\\' => null, 'WHMCS\\' => __DIR__ . '/WHMCS/'];
    foreach ($roots as $prefix => $root) {
        if (strncmp($class, $prefix, strlen($prefix)) !== 0) {
            continue;
        }
        $rest = substr($class, strlen($prefix));
        $file = $root === null ? addonClassFile($rest) : $root . str_replace('\\', '/', $rest) . '.php';
        if ($file !== null && is_file($file)) {
            require_once $file;
        }
        return;
    }
});

/** modules/addons/<name>/lib/Foo.php holds WHMCS\Module\Addon\<StudlyName>\Foo (whmcs.md §6). */
function addonClassFile(string $rest): ?string
{
    [$studly, $inner] = array_pad(explode('\\', $rest, 2), 2, '');
    foreach (glob(ROOTDIR . '/modules/addons/*', GLOB_ONLYDIR) ?: [] as $folder) {
        $name = str_replace(' ', '', ucwords(str_replace('_', ' ', basename($folder))));
        if ($name === $studly) {
            return $folder . '/lib/' . str_replace('\\', '/', $inner) . '.php';
        }
    }
    return null;
}
