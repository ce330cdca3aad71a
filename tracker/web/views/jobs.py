"""Jobs: the page where one watches them, starting, cancelling, running again, and what they have made."""

import uuid
from collections.abc import AsyncIterator, Callable
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import DetailView, FormView

from tracker.audit import record
from tracker.incidents.filters import INCIDENT_FILTERS
from tracker.jobs import made_rows, queue, serializer
from tracker.jobs.permission import may_do
from tracker.jobs.registry import JOB_TYPES, JobType
from tracker.lib.request.parse import parse_pk
from tracker.models import Job
from tracker.web.import_form import ImportForm
from tracker.web.views.access import PermittedMixin, View, json_for
from tracker.web.views.filtered_list import PagedListView
from tracker.web.views.person import person_of
from tracker.web.views.sorting import Sorting, by_number

PERMISSION = "tracker.view_incident"
ROWS_AT_ONCE = 100
DOWNLOAD_PIECE = 256 * 1024  # bytes
FILTER_LENGTH = 10_000  # characters; no field that is looked in is longer


def page_config(**more: Any) -> dict[str, Any]:
    """What the scripts of the pages need to know."""
    return more | {
        "states": {state.value: str(state.label) for state in Job.State},
        "rows": reverse("job_rows"),
        "start": reverse("job_start"),
    }


class JobListView(PagedListView):
    """This person's own jobs, the newest first; for an administrator everybody's."""

    permission_required = PERMISSION
    template_name = "tracker/job_list.html"
    sorting = Sorting({"started": by_number("started")}, "", "-started")

    def get_queryset(self):
        return self.sorting.sorted(queue.visible_to(person_of(self.request)))

    def get_context_data(self, **kwargs):
        kinds = [kind for kind in JOB_TYPES.values() if kind.by_name and self.request.user.has_perm(kind.permission)]
        context = super().get_context_data(kinds=kinds, **kwargs)
        rows = [(job, serializer.as_message(job, self.request.user)) for job in context["object_list"]]
        may_import = any(
            self.request.user.has_perm(JOB_TYPES[code].permission) for code in ("import_incidents", "import_areas")
        )
        config = page_config(takes_new=not context["page_obj"].has_previous, most=self.paginate_by)
        return context | {"config": config, "may_import": may_import, "rows": rows}


class JobDetailView(PermittedMixin, DetailView):
    permission_required = PERMISSION
    template_name = "tracker/job_detail.html"
    context_object_name = "job"

    def get_queryset(self):
        return queue.visible_to(person_of(self.request))

    def get_context_data(self, **kwargs):
        kind = JOB_TYPES.get(self.object.kind)
        problems = self.object.problems if may_do(self.request.user, self.object) else []
        undo = JOB_TYPES.get(made_rows.UNDONE_BY.get(self.object.kind, ""))
        may_undo = undo is not None and not self.object.is_active and self.request.user.has_perm(undo.permission)
        own = self.object.owner_id == self.request.user.pk
        is_looked_at = self.object.state == Job.State.DONE and self.object.parameters.get("preview")
        return super().get_context_data(
            config=page_config(
                takes_new=False, most=1, problems=self.object.problem_count, attempt=self.object.attempt
            ),
            kind=kind.title if kind else self.object.kind,
            shown=serializer.as_message(self.object, self.request.user),
            problems=problems,
            not_told=self.object.problem_count - len(problems),
            left=made_rows.left_of(self.object) if may_undo else 0,
            may_carry_out=own and is_looked_at and bool(self.object.upload),
            **kwargs,
        )


@json_for(PERMISSION)
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of the jobs in ``id`` (repeated), and, with ``newest``, the newest: so what a page shows is true."""
    visible = queue.visible_to(person_of(request))
    texts = request.GET.getlist("id")
    numbers = [number for text in texts[: ROWS_AT_ONCE + 1] if (number := parse_pk(text)) is not None]
    if len(texts) > ROWS_AT_ONCE or len(numbers) < len(texts):
        return JsonResponse({"error": f"“id” must be the numbers of at most {ROWS_AT_ONCE} jobs."}, status=400)
    found = {job.pk: job for job in visible.filter(pk__in=numbers)}
    if "newest" in request.GET:
        found |= {job.pk: job for job in visible.order_by("-pk")[: JobListView.paginate_by]}
    return JsonResponse(
        {"jobs": [serializer.as_message(found[pk], request.user) for pk in sorted(found, reverse=True)]}
    )


def is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def posted(permission: str) -> Callable[[View], View]:
    """A POST by a script, which is answered in JSON, or by a form: then who is not signed in is sent to do that."""

    def decorate(view: View) -> View:
        for_script = json_for(permission)(view)

        @require_POST
        @wraps(view)
        def for_both(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if is_script(request):
                return for_script(request, *args, **kwargs)
            if not request.user.is_authenticated:
                return redirect_to_login(reverse("job_list"))
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return for_both

    return decorate


@posted(PERMISSION)
def start(request: HttpRequest) -> HttpResponse:
    """Start a job that needs nothing but a name (``kind``, ``name``): as ``job_start`` does over the socket."""
    try:
        job = queue.start_by_name(request.POST.get("kind"), request.POST.get("name"), person_of(request))
    except queue.Refused as refused:
        return answer(request, None, str(refused))
    return answer(request, job, "")


@posted(PERMISSION)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(queue.visible_to(person_of(request)), pk=pk)
    if not queue.cancel(job):
        job.refresh_from_db()
        if not job.is_active:  # else it was asked to stop before, and has not yet
            return answer(request, job, _("This job has ended already."))
    return answer(request, job, "")


@posted(PERMISSION)
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(queue.visible_to(person_of(request)), pk=pk)
    if job.owner_id != request.user.pk:  # it would be done in that person's name
        return answer(request, job, _("Only who started this job can run it again."))
    if job.kind not in JOB_TYPES or not may_do(request.user, job):
        return answer(request, job, _("You do not have the permission for this."))
    try:
        return answer(request, job, "" if queue.run_again(job) else _("This job runs already, or is done."))
    except queue.Refused as refused:
        return answer(request, job, str(refused))


@posted(PERMISSION)
def carry_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Import what was looked at by a preview, with the same file and the same choices; sent twice, it is one import."""
    job = get_object_or_404(queue.visible_to(person_of(request)).exclude(upload=""), pk=pk)
    if not job.parameters.get("preview"):
        raise Http404
    if job.owner_id != request.user.pk or not may_do(request.user, job):
        return answer(request, job, _("You do not have the permission for this."))
    parameters = {name: value for name, value in job.parameters.items() if name != "preview"}
    kind = JOB_TYPES[job.kind]
    try:
        upload = job.upload.open("rb")
    except OSError:
        return answer(request, job, _("The file is not there any more. Import it anew."))
    with upload:
        return started(
            request,
            lambda: queue.enqueue(
                kind,
                by=person_of(request),
                name=name_after(kind, job),
                upload=File(upload, name="upload"),
                submission=uuid.uuid5(uuid.NAMESPACE_OID, f"carry out {job.pk} {job.created.isoformat()}"),
                **parameters,
            ),
        )


@posted(PERMISSION)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the rows deleted that an import has made and that nobody has changed since."""
    job = get_object_or_404(queue.visible_to(person_of(request)), pk=pk)
    if job.kind not in made_rows.UNDONE_BY:
        raise Http404
    kind = JOB_TYPES[made_rows.UNDONE_BY[job.kind]]
    if not request.user.has_perm(kind.permission):
        return answer(request, job, _("You do not have the permission for this."))
    if job.is_active:
        return answer(request, job, _("This import is not over yet. Cancel it first."))
    return started(request, lambda: queue.enqueue(kind, by=person_of(request), name=name_after(kind, job), of=job.pk))


def name_after(kind: JobType, job: Job) -> str:
    """Of a job of this kind that goes on with what another began: by the name of the same file."""
    return f"{kind.title}: {job.name.rpartition(': ')[2]}"[:150]


def answer(request: HttpRequest, job: Job | None, refusal: str) -> HttpResponse:
    """JSON for a script; for a form back to the page, with the refusal as a message."""
    if is_script(request):
        if refusal or job is None:
            return JsonResponse({"error": refusal}, status=409)
        job.refresh_from_db()
        return JsonResponse({"job": serializer.as_message(job, request.user)})
    if refusal:
        messages.warning(request, refusal)
    return HttpResponseRedirect(reverse("job_list"))


@posted(PERMISSION)
def export(request: HttpRequest) -> HttpResponse:
    """Have the incidents of a list written to a file: ``format`` (geojson, csv), and the filters of its address."""
    format = request.POST.get("format", "geojson")
    if format not in {"geojson", "csv"}:
        return JsonResponse({"error": "“format” must be geojson or csv."}, status=400)
    asked = {key: request.POST[key].replace("\0", "") for key in INCIDENT_FILTERS if request.POST.get(key)}
    if any(len(text) > FILTER_LENGTH for text in asked.values()):
        return JsonResponse({"error": f"A filter has at most {FILTER_LENGTH} characters."}, status=400)
    if not request.user.has_perm("tracker.view_areaofinterest"):
        asked.pop("area", None)
    return started(
        request, lambda: queue.enqueue(JOB_TYPES["export_incidents"], by=person_of(request), format=format, asked=asked)
    )


@posted("tracker.view_areaofinterest")
def export_areas(request: HttpRequest) -> HttpResponse:
    """Have all areas written to a file."""
    return started(request, lambda: queue.enqueue(JOB_TYPES["export_areas"], by=person_of(request)))


def started(request: HttpRequest, enqueue) -> HttpResponse:
    """To the page of the job, which shows its progress."""
    try:
        return HttpResponseRedirect(enqueue().get_absolute_url())
    except queue.Refused as refused:
        messages.warning(request, str(refused))
        return HttpResponseRedirect(reverse("job_list"))


class ImportView(PermittedMixin, FormView):
    """A GeoJSON file, and what is what in it; the job does the rest."""

    form_class = ImportForm
    template_name = "tracker/job_import.html"

    def has_permission(self):
        return any(
            self.request.user.has_perm(JOB_TYPES[code].permission) for code in ("import_incidents", "import_areas")
        )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_initial(self):
        """What was typed for the import with the number in ``like``: one that failed, and is to be asked for anew."""
        number = parse_pk(self.request.GET.get("like", ""))
        job = queue.visible_to(person_of(self.request)).filter(pk=number).first() if number else None
        fields = job.parameters.get("fields") if job else None
        if job is None or not fields:
            return super().get_initial()
        breaks = ", ".join(f"{number:g}" for number in fields.get("breaks", ()))
        return {"description": "", "severity": "", "default": ""} | fields | {"what": job.kind, "breaks": breaks}

    def form_valid(self, form):
        preview = "preview" in self.request.POST
        try:
            job = queue.enqueue(
                JOB_TYPES[form.cleaned_data["what"]],
                by=person_of(self.request),
                name=form.job_name(preview),
                upload=form.cleaned_data["file"],
                submission=form.cleaned_data["submission"],
                **form.parameters(),
                **({"preview": True} if preview else {}),
            )
        except queue.Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        return HttpResponseRedirect(job.get_absolute_url())


@method_decorator(never_cache, name="dispatch")
class ResultView(PermittedMixin, DetailView):
    """The file that a job has made; for who may have such a job done still."""

    permission_required = PERMISSION

    def get_queryset(self):
        return queue.visible_to(person_of(self.request)).exclude(result="")

    def get(self, request, *args, **kwargs):
        job = self.get_object()
        if not may_do(request.user, job):
            raise PermissionDenied
        try:
            file = job.result.open("rb")
        except OSError as error:
            raise Http404(_("The file is not there any more.")) from error
        if request.method == "GET":
            record.record(record.Action.EXPORT_DOWNLOADED, subject="job", number=job.pk, name=job.result_name)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(file.size),
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=job.result_name) or "",
        }
        return StreamingHttpResponse(pieces_of(file), headers=headers)


async def pieces_of(file: File) -> AsyncIterator[bytes]:
    """Of any size: read while it is sent. (Django reads a FileResponse under ASGI whole before it sends any of it.)"""
    try:
        while piece := await sync_to_async(file.read, thread_sensitive=False)(DOWNLOAD_PIECE):
            yield piece
    finally:
        await sync_to_async(file.close, thread_sensitive=False)()
