<?php

declare(strict_types=1);

namespace StandIn\Web;

use Smarty;
use StandIn\Platform\Instance;

/** The real Smarty, as WHMCS has it: templates of the client theme, of modules, and mail texts. */
final class Templates
{
    public static function smarty(): Smarty
    {
        $smarty = new Smarty();
        $smarty->setTemplateDir(ROOTDIR . '/templates/standin');
        $smarty->setCompileDir(Instance::get('templates_compiledir'));
        $smarty->error_reporting = E_ALL & ~E_WARNING & ~E_NOTICE & ~E_DEPRECATED;
        return $smarty;
    }

    /** @param array<string, mixed> $vars Escaped on output: a client's name may hold HTML. */
    public static function text(string $template, array $vars): string
    {
        $smarty = self::smarty();
        $smarty->setEscapeHtml(true);
        $smarty->assign($vars);
        return $smarty->fetch('string:' . $template);
    }
}
