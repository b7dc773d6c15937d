<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Connection\Breaker;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * One line above every page: is the bridge up, is anything waiting, is it frozen?
 */
final class StatusLine
{
    public static function html(Settings $settings, string $base, string $page): string
    {
        $backlog = Spool::backlog();
        $labels = [self::connection($settings)];
        if ($settings->isHalted()) {
            $labels[] = Html::label('danger', 'Halted: was the database restored?');
        }
        if ($settings->isFrozen()) {
            $labels[] = Html::label('danger', 'Frozen: no command is run');
        }
        if ($backlog['waiting'] > 0) {
            $labels[] = Html::label('warning', $backlog['told'] . ' waiting to be sent');
        }
        $link = $page === 'connection'
            ? '<a class="btn btn-default btn-xs" href="' . Html::escape($base) . '">Back to the overview</a>'
            : '<a class="btn btn-default btn-xs" href="' . Html::escape($base . '&page=connection') . '">Connection</a>';

        return '<link rel="stylesheet" href="' . Html::escape(Forward::assets() . '/admin.css') . '">'
            . '<div class="well well-sm clearfix creditbridge-status"><span class="pull-right">' . $link . '</span>'
            . '<strong>Credit Bridge</strong> ' . implode(' ', $labels) . '</div>';
    }

    private static function connection(Settings $settings): string
    {
        switch ($settings->text('state')) {
            case Settings::STATE_PAIRED:
                if (Hosts::isWaiting()) {
                    return Html::label('danger', 'This host waits');
                }
                return (new Breaker($settings))->hasFailed()
                    ? Html::label('danger', 'Service down') : Html::label('success', 'Connected');
            case Settings::STATE_COPY_OR_MOVE:
                return Html::label('danger', 'Moved or copied?');
            case Settings::STATE_COPY:
                return Html::label('default', 'Copy: off');
            default:
                return Html::label('warning', 'Not connected yet');
        }
    }
}
