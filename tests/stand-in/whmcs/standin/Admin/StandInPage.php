<?php

declare(strict_types=1);

namespace StandIn\Admin;

use DateTimeImmutable;
use Exception;
use InvalidArgumentException;
use StandIn\Cron\DailyRun;
use StandIn\Gateway\TestGateway;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\SwitchCatalogue;
use StandIn\Platform\Switches;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;

/** What WHMCS has not: the cron button, the movable clock, the switches, what the triggers saw, the test gateway's far side. */
final class StandInPage
{
    private const SHOWN = 200;

    public static function handle(string $page): void
    {
        Admin::demand('Configure General Settings');
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            try {
                self::post((string) ($_POST['do'] ?? ''));
            } catch (InvalidArgumentException $wrong) {
                Flash::set('danger', $wrong->getMessage());
            }
            Redirect::to('/admin/standin.php?page=' . rawurlencode($page));
        }
        match ($page) {
            'switches' => self::switches(),
            'money' => self::money(),
            'events' => self::events(),
            'gateway' => self::gateway(),
            default => self::cron(),
        };
    }

    private static function post(string $act): void
    {
        match ($act) {
            'cron' => Flash::set('success', DailyRun::invoke()),
            'daily' => Flash::set('success', DailyRun::invoke(true)),
            'clock' => self::moveClock((string) ($_POST['moment'] ?? '')),
            'clock-now' => Switches::set('clock_offset_seconds', '0'),
            'tomorrow' => self::moveClock(Clock::inDays(1) . ' 09:00'),
            'switch' => Switches::set((string) ($_POST['name'] ?? ''), (string) ($_POST['value'] ?? '')),
            'callback' => TestGateway::callBack((string) ($_POST['transid'] ?? '')),
            'reverse' => TestGateway::reverse((string) ($_POST['transid'] ?? '')),
            default => null,
        };
    }

    private static function moveClock(string $moment): void
    {
        try {
            Clock::move(new DateTimeImmutable($moment));
        } catch (Exception $unreadable) {
            Flash::set('danger', "'$moment' is not a date and time.");
        }
    }

    private static function button(string $act, string $label, string $class = 'btn-default'): string
    {
        return '<form method="post" class="form-inline">' . Token::field()
            . "<button class=\"btn $class\" type=\"submit\" name=\"do\" value=\"$act\">$label</button></form>";
    }

    private static function cron(): void
    {
        $tasks = array_values(Db::table('tbltask')->join('tbltask_status', 'tbltask_status.task_id', '=', 'tbltask.id')
            ->orderBy('priority')->get()->map(static fn (object $row): array => [
                Html::text($row->name), Html::date($row->last_run), Html::date($row->next_due),
            ])->all());
        AdminPage::show('Cron and clock', '<div class="row"><div class="col-sm-6"><div class="well"><h3>Cron</h3>'
            . '<p>A crontab calls the cron every five minutes. The daily automation runs from the configured hour on, once a day.</p>'
            . '<div class="btn-toolbar">' . self::button('cron', 'Run the cron now', 'btn-primary') . self::button('daily', 'Run the daily automation now')
            . '</div></div></div><div class="col-sm-6"><div class="well"><h3>Clock</h3><p>Here it is <strong id="clock">' . Html::text(Clock::now())
            . '</strong>.</p><div class="btn-toolbar">' . self::button('tomorrow', 'Go to tomorrow, 09:00', 'btn-primary') . self::button('clock-now', 'Back to real time')
            . '<form method="post" class="form-inline">' . Token::field() . '<input class="form-control" name="moment" placeholder="2026-12-01 09:00"> '
            . '<button class="btn btn-default" type="submit" name="do" value="clock">Set</button></form></div></div></div></div>'
            . Html::table(['Task', 'Last run', 'Next due'], $tasks));
    }

    private static function switches(): void
    {
        $rows = [];
        foreach (SwitchCatalogue::all() as $switch) {
            $value = Switches::get($switch->name);
            $input = $switch->positions === []
                ? '<input class="form-control input-sm" name="value" value="' . Html::text($value) . '">'
                : Html::select('value', array_combine($switch->positions, $switch->positions), $value);
            $rows[] = [
                '<strong>' . Html::text($switch->name) . '</strong><br><span class="text-muted">' . Html::text($switch->unknown) . '</span>',
                '<form method="post" class="form-inline">' . Token::field() . "<input type=\"hidden\" name=\"name\" value=\"$switch->name\">$input "
                    . '<button class="btn btn-default btn-sm" type="submit" name="do" value="switch">Set</button></form>',
            ];
        }
        AdminPage::show('Switches', Html::table(['What is not known of WHMCS, or a fault to provoke', 'Position'], $rows));
    }

    private static function money(): void
    {
        $rows = Db::table('standin_money_log')->orderByDesc('id')->limit(self::SHOWN)->get()->map(static fn (object $row): array => [
            (string) $row->id, Html::text($row->at), Html::text($row->what), (string) $row->client_id, (string) $row->invoice_id,
            Html::text($row->before_value ?? '-'), Html::text($row->after_value ?? '-'), (string) $row->connection_id,
        ])->all();
        AdminPage::show('Money log', '<p>Every change of money, written by triggers of the database.</p>'
            . Html::table(['#', 'At', 'What', 'Client', 'Invoice', 'Before', 'After', 'Connection'], array_values($rows)));
    }

    private static function events(): void
    {
        $rows = Db::table('standin_event_log')->orderByDesc('id')->limit(self::SHOWN)->get()->map(static fn (object $row): array => [
            (string) $row->id, Html::text($row->clock), Html::text($row->event), (string) $row->client_id,
            (string) $row->invoice_id, (string) $row->service_id, Html::text($row->detail),
        ])->all();
        AdminPage::show('Event log', Html::table(['#', 'Clock', 'Event', 'Client', 'Invoice', 'Service', 'Detail'], array_values($rows)));
    }

    private static function gateway(): void
    {
        $rows = array_map(static fn (array $charge): array => [
            Html::text($charge['transid']), Html::text($charge['invoice_id']), Html::text($charge['amount']),
            '<form method="post">' . Token::field() . '<input type="hidden" name="transid" value="' . Html::text($charge['transid'])
                . '"><button class="btn btn-default btn-sm" type="submit" name="do" value="callback">Send the callback now</button></form>',
        ], TestGateway::unreported());
        AdminPage::show('Test gateway', '<p>Charges of which WHMCS was not told: the gateway timed out after charging.</p>'
            . Html::table(['Transaction', 'Invoice', 'Amount', ''], $rows, 'Everything was reported.')
            . '<form method="post" class="form-inline">' . Token::field() . '<strong>A payer takes a payment back</strong> '
            . '<input class="form-control" name="transid" placeholder="Transaction ID"> '
            . '<button class="btn btn-danger" type="submit" name="do" value="reverse">Tell WHMCS</button></form>');
    }
}
